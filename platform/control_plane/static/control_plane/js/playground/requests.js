// The request that a thing with its values is: calling a tool, reading a resource, getting a prompt.
import { expanded } from "./uri_template.js";

const REQUESTS = {
  tool: ({ name }, values) => ["tools/call", { name, arguments: values }],
  resource: ({ name }) => ["resources/read", { uri: name }],
  template: ({ name }, values) => ["resources/read", { uri: expanded(name, values) }],
  prompt: ({ name }, values) => ["prompts/get", { name, arguments: values }],
};

export const VERBS = { tool: "Call", resource: "Read", template: "Read", prompt: "Get" };

export const requestOf = (thing, values) => REQUESTS[thing.kind](thing, values);
