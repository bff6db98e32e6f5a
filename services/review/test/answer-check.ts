import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { openApiDocument } from '../src/api/openapi';

// biome-ignore lint/suspicious/noExplicitAny: the document is looked at, not typed
type Document = any;

const document: Document = openApiDocument();
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ $id: 'document', ...document });
const templates = Object.keys(document.paths).map((path) => ({
  path,
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

/**
 * Checks an answer against the OpenAPI document: its status is one that the operation has, and its body fits.
 * @throws Error naming what does not fit
 */
export function checkAnswer(method: string, url: string, status: number, type: string, body: unknown): void {
  const pathname = new URL(url).pathname;
  const path = templates.find(({ pattern }) => pattern.test(pathname))?.path;
  const operation = path && document.paths[path][method.toLowerCase()];
  if (!operation) return; // a path that there is not is answered by the framework
  const answer = operation.responses[status];
  if (!answer) throw new Error(`${method} ${path} answers ${status}, which the document does not know`);
  const mediaType = type.split(';')[0] as string;
  if (!answer.content?.[mediaType]) throw new Error(`${method} ${path} answers ${status} as ${type}`);
  const pointer = [path, method.toLowerCase(), 'responses', String(status), 'content', mediaType, 'schema'];
  const escaped = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
  const validate = ajv.getSchema(`document#/paths/${escaped.join('/')}`);
  if (!validate) throw new Error(`the document has no schema for ${method} ${path} ${status}`);
  if (!validate(body)) throw new Error(`${method} ${path} ${status} does not fit: ${ajv.errorsText(validate.errors)}`);
}
