/** Every kind of file that a tensor can be saved as: the formats of the registry, and the ways to write them. */
import type { TensorHeader } from '../../formats/format.ts';
import { formats } from '../../formats/registry.ts';
import type { ExportEncoding } from '../../protocol/requests.ts';
import type { TensorDescriptor } from '../../protocol/tensor.ts';

export interface FileType {
  label: string;
  extension: string;
  /** What is special about it. */
  description?: string;
  encoding?: ExportEncoding;
  /** The line of Python that reads the file. */
  python?: (path: string) => string;
  /** A picture is chosen for its look: that it holds no exact values goes without asking. */
  isPicture?: boolean;
}

const load = (path: string): string => `np.load(${path})`;

export const npy: FileType = { label: 'NumPy array', extension: 'npy', python: load };
export const npz: FileType = { label: 'NumPy archive', extension: 'npz', python: load };
export const csv: FileType = {
  label: 'CSV',
  extension: 'csv',
  python: (path) => `np.loadtxt(${path}, delimiter=",")`,
};
/** SciPy's layout: the one array file that keeps a sparse tensor sparse. */
const sparseNpz: FileType = {
  label: 'SciPy sparse matrix',
  extension: 'npz',
  python: (path) => `scipy.sparse.load_npz(${path})`,
};

/** What `Save as .npy` means for a tensor. */
export function numpyType({ kind }: TensorDescriptor): FileType {
  return kind === 'sparse' ? sparseNpz : npy;
}

/** Those that can hold the tensor. */
export function fileTypesFor(tensor: TensorDescriptor): FileType[] {
  const { dtype, kind } = tensor;
  const header: TensorHeader = { name: 'tensor', dtype, shape: tensor.shape.map((count) => count ?? 0) };
  return formats
    .filter((format) => format.refuses(header) === null)
    .flatMap((format): FileType[] => {
      const extension = (format.extensions[0] ?? '').slice(1);
      if (format.name === 'npy') {
        const widened: FileType = { ...npy, description: 'as float32', encoding: { bfloat16: 'float32' } };
        const columns: FileType = { ...npy, description: 'Fortran order', encoding: { fortranOrder: true } };
        return [npy, ...(dtype === 'bfloat16' ? [widened] : []), ...(header.shape.length > 1 ? [columns] : [])];
      }
      if (format.name === 'npz') {
        if (kind === 'sparse') return [sparseNpz];
        return [npz, { ...npz, description: 'compressed', encoding: { compress: true } }];
      }
      if (format.name === 'csv') return [csv];
      if (format.name === 'png') {
        const image: FileType = { label: format.label, extension, isPicture: true };
        const heatmap: FileType = { ...image, description: 'heatmap', encoding: { colormap: 'viridis' } };
        // More samples per pixel are its colours.
        return (header.shape[2] ?? 1) === 1 ? [image, heatmap] : [image];
      }
      return [{ label: format.label, extension }];
    });
}
