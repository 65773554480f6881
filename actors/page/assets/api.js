// The REST routes that the page reads. Addresses are relative, so that the page also works behind a proxy's prefix.

const answerMax = 10_000; // milliseconds until a request is given up

/** The server answered, but not with what was asked for. `status` is the HTTP status. */
export class Refused extends Error {
  constructor(status, cause) {
    super(cause);
    this.status = status;
  }
}

async function causeOf(response) {
  try {
    return String((await response.json()).error);
  } catch {
    return `HTTP status ${response.status}`;
  }
}

async function request(path, headers = {}) {
  // no-cache revalidates by ETag: an unchanged answer is not sent again
  const response = await fetch(path, { headers, cache: "no-cache", signal: AbortSignal.timeout(answerMax) });
  if (!response.ok)
    throw new Refused(response.status, await causeOf(response));
  return response;
}

const apiPath = (id) => `api/v1/apis/${encodeURIComponent(id)}`;

export const documentPath = (id) => `${apiPath(id)}/openapi.json`;

export const fetchApis = async () => (await (await request("api/v1/apis")).json()).apis;

export const fetchApi = async (id) => (await request(apiPath(id))).json();

/** The OpenAPI document as text: parsing would round large numbers. */
export const fetchDocument = async (id) => (await request(documentPath(id))).text();

/** The actors, edges and ledgers of the process. An empty token is none. */
export const fetchPipeline = async (token) =>
  (await request("api/v1/pipeline", token ? { Authorization: `Bearer ${token}` } : {})).json();
