"""Every path under /api/."""

from django.urls import URLPattern, path

from control_plane.api import (
    api_keys,
    calls,
    connections,
    effective_permissions,
    grants,
    invitations,
    jobs,
    members,
    oauth_clients,
    operator_tenants,
    path_names,  # noqa: F401 - the converters of the paths below
    plan,
    server_prompts,
    server_resources,
    server_templates,
    server_tools,
    servers,
    tenant_details,
    toolkits,
    usage,
)
from control_plane.api.nowhere import Nowhere
from control_plane.api.schema import schema
from control_plane.api.schema_page import schema_page

_TENANT = "v1/tenants/<label:tenant>"
_SERVER = f"{_TENANT}/servers/<label:server>"
_JOB = f"{_TENANT}/jobs/<uuid:job_id>"

urlpatterns: list[URLPattern] = [
    path("schema", schema),
    path("docs", schema_page),
    path("v1/toolkits", toolkits.Toolkits.as_view()),
    path("v1/toolkits/resources", toolkits.ToolkitResources.as_view()),
    path("v1/toolkits/templates", toolkits.ToolkitTemplates.as_view()),
    path("v1/toolkits/prompts", toolkits.ToolkitPrompts.as_view()),
    path("v1/tenants", tenant_details.Tenants.as_view()),
    path(_TENANT, tenant_details.TenantDetail.as_view()),
    path(f"{_TENANT}/plan", plan.TenantPlan.as_view()),
    path(f"{_TENANT}/membership", plan.OwnMembership.as_view()),
    path(f"{_TENANT}/members", members.Members.as_view()),
    path(f"{_TENANT}/members/<uuid:user_id>", members.MemberDetail.as_view()),
    path(f"{_TENANT}/invitations", invitations.Invitations.as_view()),
    path(f"{_TENANT}/invitations/<uuid:invitation_id>", invitations.InvitationDetail.as_view()),
    path(f"{_TENANT}/invitations/<uuid:invitation_id>/resend", invitations.InvitationResending.as_view()),
    path(f"{_TENANT}/servers", servers.Servers.as_view()),
    path(_SERVER, servers.ServerDetail.as_view()),
    path(f"{_SERVER}/suspend", servers.ServerSuspension.as_view()),
    path(f"{_SERVER}/resume", servers.ServerResumption.as_view()),
    path(f"{_SERVER}/rename", servers.ServerRenaming.as_view()),
    path(f"{_SERVER}/tools", server_tools.Tools.as_view()),
    path(f"{_SERVER}/tools/<tool:tool>", server_tools.ToolDetail.as_view()),
    path(f"{_SERVER}/resources", server_resources.Resources.as_view()),
    path(f"{_SERVER}/resources/<uuid:resource_id>", server_resources.ResourceDetail.as_view()),
    path(f"{_SERVER}/templates", server_templates.Templates.as_view()),
    path(f"{_SERVER}/templates/<uuid:template_id>", server_templates.TemplateDetail.as_view()),
    path(f"{_SERVER}/prompts", server_prompts.Prompts.as_view()),
    path(f"{_SERVER}/prompts/<uuid:prompt_id>", server_prompts.PromptDetail.as_view()),
    path(f"{_SERVER}/permissions", effective_permissions.EffectivePermissions.as_view()),
    path(f"{_SERVER}/grants", grants.Grants.as_view()),
    path(f"{_SERVER}/grants/<uuid:grant_id>", grants.GrantDetail.as_view()),
    path(f"{_TENANT}/api-keys", api_keys.ApiKeys.as_view()),
    path(f"{_TENANT}/api-keys/<uuid:api_key_id>", api_keys.ApiKeyDetail.as_view()),
    path(f"{_TENANT}/api-keys/<uuid:api_key_id>/rotate", api_keys.ApiKeyRotation.as_view()),
    path(f"{_TENANT}/oauth-clients", oauth_clients.OAuthClients.as_view()),
    path(f"{_TENANT}/oauth-clients/<uuid:oauth_client_id>", oauth_clients.OAuthClientDetail.as_view()),
    path(f"{_TENANT}/oauth-clients/<uuid:oauth_client_id>/rotate", oauth_clients.OAuthClientRotation.as_view()),
    path(f"{_TENANT}/connections", connections.Connections.as_view()),
    path(f"{_TENANT}/connections/<uuid:connection_id>", connections.ConnectionDetail.as_view()),
    path(f"{_TENANT}/calls", calls.Calls.as_view()),
    path(f"{_TENANT}/calls/<uuid:call_id>", calls.CallDetail.as_view()),
    path(f"{_TENANT}/jobs", jobs.Jobs.as_view()),
    path(_JOB, jobs.JobDetail.as_view()),
    path(f"{_JOB}/log", jobs.JobLog.as_view()),
    path(f"{_JOB}/result", jobs.JobResult.as_view()),
    path(f"{_JOB}/cancel", jobs.JobCancellation.as_view()),
    path(f"{_JOB}/retry", jobs.JobRepetition.as_view()),
    path(f"{_TENANT}/usage", usage.TenantUsageNow.as_view()),
    path("v1/operator/tenants", operator_tenants.OperatorTenants.as_view()),
    path("v1/operator/tenants/<label:tenant>", operator_tenants.OperatorTenantDetail.as_view()),
    path("v1/operator/tenants/<label:tenant>/suspend", operator_tenants.OperatorTenantSuspension.as_view()),
    path("v1/operator/tenants/<label:tenant>/resume", operator_tenants.OperatorTenantResumption.as_view()),
    path("<path:anything>", Nowhere.as_view()),
]
