import type { WindowRequest } from '../protocol/agent.ts';
import type { TensorDescriptor } from '../protocol/tensor.ts';
import type { BulkReader } from './bulkReader.ts';
import type { ExportRequest, TensorInspector } from './tensorInspector.ts';
export interface Exporting {
  describe(id: string): Promise<TensorDescriptor>;
  parseId(id: string): Pick<WindowRequest, 'id' | 'as'>;
  prepare(): Promise<void>;
  bulk: BulkReader;
  readStrings(window: WindowRequest): Promise<string[]>;
}
export function exportTensors(_request: ExportRequest, _by: Exporting): ReturnType<TensorInspector['export']> {
  return Promise.reject(new Error('later'));
}
