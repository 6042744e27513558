// The revisions of MCP that the playground speaks, and what a client declares in each.

export const MODERN = "2026-07-28";
export const LEGACY = ["2025-11-25", "2025-06-18", "2025-03-26"];
export const ALL = [MODERN, ...LEGACY];
export const CLIENT = { name: "Atrium Playground", version: "1" };
export const TASKS = "io.modelcontextprotocol/tasks";

// What a person can be asked for. Before 2025-11-25 there is no elicitation by URL, before 2025-06-18 none at all.
export function answering(version) {
  const elicitation = version < "2025-06-18" ? {} : { elicitation: version < "2025-11-25" ? {} : { form: {}, url: {} } };
  return { ...elicitation, sampling: {}, roots: version === MODERN ? {} : { listChanged: false } };
}

export const hasTasks = (version) => version >= "2025-11-25";
