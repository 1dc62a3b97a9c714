// A request of this API as a curl command for a shell. Pure.

/** In single quotes, in which a shell reads nothing. */
const quoted = (text) => `'${String(text).replaceAll("'", `'\\''`)}'`;

export function curl({ method = 'GET', url, body, key }) {
  const lines = [`curl ${method === 'GET' || (method === 'POST' && body !== undefined) ? '' : `-X ${method} `}${quoted(url)}`];
  if (key) lines.push('-H "Authorization: Bearer $RETRIEVER_KEY"');
  if (body !== undefined) {
    lines.push("-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`);
  }
  return lines.join(' \\\n  ');
}

/** The request to the target itself. What the API does not tell is left to the reader, in angle brackets. */
export function targetCurl(request) {
  const hasBody = ['body', 'bodyBase64', 'bodyOmitted'].some((it) => request[it] !== undefined);
  const method = request.method === 'GET' && !hasBody ? '' : `-X ${request.method} `;
  const lines = [`curl -i ${method}${quoted(request.queryOmitted ? `${request.url}?<not shown>` : request.url)}`];
  for (const { name, value, secret } of request.headers) {
    lines.push(`-H ${quoted(`${name}: ${value ?? (secret ? `<secret ${secret}>` : '<not shown>')}`)}`);
  }
  if (request.idempotencyKey) lines.push(`-H ${quoted(`Idempotency-Key: ${request.idempotencyKey}`)}`);
  if (request.body !== undefined) lines.push(`--data-raw ${quoted(request.body)}`);
  if (request.bodyOmitted !== undefined) lines.push('--data-binary @body');
  if (request.bodyBase64 === undefined) return lines.join(' \\\n  ');
  return `printf %s ${quoted(request.bodyBase64)} | base64 -d | ${[...lines, '--data-binary @-'].join(' \\\n  ')}`;
}
