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

/** The request to the target itself. Secrets are left to the reader. */
export function targetCurl(request) {
  const lines = [`curl -i ${request.method && request.method !== 'GET' ? `-X ${request.method} ` : ''}${quoted(request.url)}`];
  for (const [name, values] of Object.entries(request.headers || {})) {
    for (const value of [].concat(values)) {
      const text = typeof value === 'object' && value ? `${value.prefix || ''}<secret ${value.secret}>` : value;
      lines.push(`-H ${quoted(`${name}: ${text}`)}`);
    }
  }
  if (request.idempotencyKey) lines.push(`-H ${quoted(`Idempotency-Key: ${request.idempotencyKey}`)}`);
  if (request.body !== undefined) lines.push(`--data-binary ${quoted(request.body)}`);
  if (request.bodyBase64 !== undefined) {
    lines.push('--data-binary @-');
    return `printf %s ${quoted(request.bodyBase64)} | base64 -d | ${lines.join(' \\\n  ')}`;
  }
  return lines.join(' \\\n  ');
}
