/** What a viewer shows, a tensor of a program or of a file, and how the webview's questions about it are answered. */
import type * as vscode from 'vscode';
import type { JsonValues } from '../../protocol/tensor.ts';
import type { SessionCost, ViewedTensor, ViewerRequestName, ViewerRequests } from '../../protocol/viewer.ts';
import type { RequestOptions, TensorReader } from '../sources/tensorSource.ts';

export type ContentState =
  /** Can be read now. */
  | { kind: 'live'; viewed: ViewedTensor; reader: TensorReader }
  /** What was shown stays, but is old. */
  | { kind: 'stale'; reason: string }
  | { kind: 'empty'; reason: string };

export interface ViewedContent extends vscode.Disposable {
  /** A name of few words: the expression, the file. */
  readonly title: string;
  readonly state: ContentState;
  readonly onDidChange: vscode.Event<void>;
  /** null where there is no session. */
  readonly sessionCost: SessionCost | null;
  readonly onDidChangeCost: vscode.Event<SessionCost>;
  /** Another member of the same archive. */
  openMember?(member: string): void;
}

type Answers = {
  [Name in ViewerRequestName]: (
    reader: TensorReader,
    id: string,
    args: ViewerRequests[Name]['arguments'],
    options: RequestOptions,
  ) => Promise<ViewerRequests[Name]['result']>;
};

const answers: Answers = {
  async read(reader, id, { slice }, options) {
    const read = await reader.request('tensor/read', { tensor: { id }, slice, encoding: 'bytes' }, options);
    const { bytes, values, shape, cost } = read;
    return {
      ...(bytes === undefined
        ? { values: values as JsonValues }
        : { bytes: new Uint8Array(Buffer.from(bytes, 'base64')) }),
      shape,
      cost,
    };
  },
  async stats(reader, id, { bins }, options) {
    return (await reader.request('tensor/stats', { tensor: { id }, bins }, options)).stats;
  },
  findNotFinite: (reader, id, args, options) => reader.request('tensor/find', { tensor: { id }, ...args }, options),
};

export function answerRequest<Name extends ViewerRequestName>(
  { viewed, reader }: ContentState & { kind: 'live' },
  name: Name,
  args: ViewerRequests[Name]['arguments'],
  options: RequestOptions,
): Promise<ViewerRequests[Name]['result']> {
  return answers[name](reader, viewed.tensor.id, args, options);
}
