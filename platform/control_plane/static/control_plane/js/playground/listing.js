// What there is on a server for whoever looks: tools, resources with their templates, prompts.
import { Refused } from "./access.js";
import { variablesOf } from "./uri_template.js";

const PAGES = 20;

async function all(client, method, field) {
  const found = [];
  let cursor;
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await client.ask(method, cursor === undefined ? {} : { cursor }, { besides: true });
    if (answer.error) throw new Refused(answer.error.message);
    found.push(...answer.result[field]);
    cursor = answer.result.nextCursor;
    if (cursor === undefined) break;
  }
  return found;
}

const string = ({ description }) => ({ type: "string", description });

// All things have a `kind`, a `name` by which they are found again, and the schema of what is filled in.
const tool = (each) => ({ kind: "tool", name: each.name, title: each.title, description: each.description, schema: each.inputSchema, said: each });

const resource = (each) => ({
  kind: "resource", name: each.uri, title: each.title ?? each.name, description: each.description, said: each, schema: { type: "object", additionalProperties: false },
});

const template = (each) => {
  const names = variablesOf(each.uriTemplate);
  return {
    kind: "template", name: each.uriTemplate, title: each.title ?? each.name, description: each.description, said: each,
    ref: { type: "ref/resource", uri: each.uriTemplate },
    schema: { type: "object", properties: Object.fromEntries(names.map((name) => [name, { type: "string", minLength: 1 }])), required: names },
  };
};

const prompt = (each) => {
  const given = each.arguments ?? [];
  return {
    kind: "prompt", name: each.name, title: each.title, description: each.description, said: each,
    ref: { type: "ref/prompt", name: each.name },
    schema: {
      type: "object", additionalProperties: false,
      properties: Object.fromEntries(given.map((argument) => [argument.name, string(argument)])),
      required: given.filter((argument) => argument.required).map((argument) => argument.name),
    },
  };
};

export const unlisted = (uri) => resource({ uri, name: uri, description: "It is in no list. Servers answer for those that they know." });

export async function listed(client) {
  const offered = await client.capabilities();
  const tools = offered.tools ? (await all(client, "tools/list", "tools")).map(tool) : [];
  const resources = offered.resources ? (await all(client, "resources/list", "resources")).map(resource) : [];
  const templates = offered.resources ? (await all(client, "resources/templates/list", "resourceTemplates")).map(template) : [];
  const prompts = offered.prompts ? (await all(client, "prompts/list", "prompts")).map(prompt) : [];
  return { offered, tools, resources: [...resources, ...templates], prompts };
}
