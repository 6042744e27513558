// A request as a line for a POSIX shell. The key is left to a variable.

export const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

export function curl({ url, headers, body }) {
  const lines = [
    `curl -X POST ${quoted(url)}`,
    '  -H "Authorization: Bearer $ATRIUM_KEY"',
    ...Object.entries(headers).map(([name, value]) => `  -H ${quoted(`${name}: ${value}`)}`),
    `  -d ${quoted(JSON.stringify(body))}`,
  ];
  return lines.join(" \\\n");
}
