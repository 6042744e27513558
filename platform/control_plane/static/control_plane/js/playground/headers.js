// Headers that mirror the body of a request (MCP 2026-07-28, streamable HTTP).

const NAMED = {
  "tools/call": "name", "prompts/get": "name", "resources/read": "uri",
  "tasks/get": "taskId", "tasks/update": "taskId", "tasks/cancel": "taskId",
};

// Values that are not plain ASCII go in base64 ("Value Encoding").
export function headerValue(text) {
  if (/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !/^=\?base64\?.*\?=$/.test(text)) return text;
  const bytes = new TextEncoder().encode(text);
  return `=?base64?${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))}?=`;
}

// What a schema marks with `x-mcp-header` is said in a header, too.
export function mirrored(schema, value, found = {}) {
  for (const [name, property] of Object.entries(schema?.properties ?? {})) {
    const own = value?.[name];
    if (typeof property !== "object" || own === undefined || own === null) continue;
    if (typeof property["x-mcp-header"] === "string" && typeof own !== "object") {
      found[`Mcp-Param-${property["x-mcp-header"]}`] = headerValue(String(own));
    }
    mirrored(property, own, found);
  }
  return found;
}

export function mirroring(method, params, schema) {
  return {
    "Mcp-Method": method,
    ...(method in NAMED ? { "Mcp-Name": headerValue(params[NAMED[method]]) } : {}),
    ...(schema ? mirrored(schema, params.arguments) : {}),
  };
}
