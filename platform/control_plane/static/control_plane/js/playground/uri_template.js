// Templates of URIs, as servers here have them: `notes://{folder}/{name}` (RFC 6570, simple expansion).

export const variablesOf = (template) => [...template.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name);

export function expanded(template, values) {
  return template.replaceAll(/\{([^{}]+)\}/g, (_, name) => encodeURIComponent(values[name] ?? "").replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`));
}
