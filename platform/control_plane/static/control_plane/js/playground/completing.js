// Suggestions for the variables of a template and the arguments of a prompt, from completion/complete.

export function completing(thing, client, offered, values) {
  if (!thing.ref || !offered().completions) return undefined;
  return { suggest: async (name, typed) => {
    const others = Object.fromEntries(Object.entries(values() ?? {}).filter(([each, value]) => each !== name && value !== ""));
    const context = Object.keys(others).length ? { context: { arguments: others } } : {};
    const { result } = await client().ask("completion/complete", { ref: thing.ref, argument: { name, value: typed }, ...context }, { besides: true });
    return result?.completion?.values ?? [];
  } };
}
