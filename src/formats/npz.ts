/** NumPy's .npz: a ZIP archive with one .npy file per array, stored (`np.savez`) or deflated (`np.savez_compressed`). */
import { TensorError, type Advice } from '../protocol/errors.ts';
import { bytesReader, invalidFile } from './byteReader.ts';
import type { ByteReader } from './byteReader.ts';
import { joinBytes } from '../tensor/bytes.ts';
import { checkEncodable, unreadable } from './format.ts';
import type { Format, OpenOptions, StoredTensor, TensorHeader } from './format.ts';
import { paddingLoss } from './losses.ts';
import { npyParts, numpyWarnings, openNpyArray } from './npy.ts';
import { checkedMember, inflateMember, memberSection, readZipDirectory } from './zipReader.ts';
import type { ZipEntry } from './zipReader.ts';
import { zipParts } from './zipWriter.ts';

const memberEnding = '.npy';
const defaultMemoryLimit = 256 << 20;
// A header takes 128 bytes, rarely more; longer ones cost the unpacking of the member.
const headBytes = 1024;

/**
 * Names become file names when someone unpacks the archive, where Windows takes a backslash for the end of a folder: it
 * is written as in an address, `table["a\\b"]` as `table["a%5C%5Cb"]`.
 * @throws TensorError `invalid-argument` for names that would leave the folder, or are there twice
 */
function memberNames(tensors: readonly TensorHeader[]): string[] {
  const seen = new Set<string>();
  return tensors.map((tensor) => {
    const name = tensor.name.replaceAll('\\', '%5C');
    let fault: string | undefined;
    let advice: Advice = {
      help: 'Write it alone, as .npy, and name the others.',
      commandLineHelp: 'Write it alone, as .npy, and name the others with --expr.',
    };
    if (name === '') fault = 'is empty';
    else if (/^[/~]|^[A-Za-z]:|(^|\/)\.{1,2}(\/|$)/.test(name)) fault = 'would leave the folder it is unpacked in';
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    else if (/[\0-\x1f\x7f]/.test(name)) fault = 'has control characters';
    else if (seen.has(name)) {
      fault = 'is there twice';
      advice = { help: 'Give each tensor once, or under names of their own.' };
    } else if (new TextEncoder().encode(name).length > 0xff00) fault = 'is too long';
    if (fault) {
      throw new TensorError({
        code: 'invalid-argument',
        message: `The tensor name ${JSON.stringify(tensor.name.slice(0, 100))} ${fault}.`,
        ...advice,
      });
    }
    seen.add(name);
    return name;
  });
}

export const npz: Format = {
  name: 'npz',
  label: 'NumPy archive',
  extensions: ['.npz'],
  mediaType: 'application/x-npz',
  several: true,
  fortranOrder: true,
  refuses: () => null,
  lossCheck: () => null,
  stringLoss: paddingLoss,
  warnings: numpyWarnings,
  encode(tensors, options = {}) {
    checkEncodable(npz, tensors);
    const names = memberNames(tensors);
    const members = tensors.map((tensor, index) => ({
      name: `${names[index]}${memberEnding}`,
      parts: npyParts(tensor, index, options),
    }));
    return zipParts(members, options.compress ?? false);
  },
  async open(reader, options = {}) {
    const entries = await readZipDirectory(reader);
    // Of members of the same name the last one counts, as for numpy.load.
    const last = new Map(entries.map((entry) => [entry.name, entry]));
    const unpacker = new Unpacker(reader, options);
    const tensors: StoredTensor[] = [];
    const faults: TensorError[] = [];
    for (const entry of last.values()) {
      const hasEnding = entry.name.endsWith(memberEnding);
      const name = hasEnding ? entry.name.slice(0, -memberEnding.length) : entry.name;
      // Beside a .npy of that name it could not be told apart.
      if (!hasEnding && last.has(`${name}${memberEnding}`)) continue;
      try {
        tensors.push(await openNpyArray(await unpacker.member(entry), name));
      } catch (error) {
        if (!(error instanceof TensorError)) throw error;
        // By its content alone it would have been an array.
        if (!hasEnding) continue;
        faults.push(error);
        tensors.push(unreadable(name, error));
      }
    }
    // One bad member does not hide the others.
    if (faults[0] && faults.length === tensors.length) throw faults[0];
    return tensors;
  },
};

/** Gives members as files of their own; deflated ones are unpacked when more than their header is asked for. */
class Unpacker {
  readonly #reader: ByteReader;
  readonly #options: OpenOptions;
  readonly #unpacked = new Map<ZipEntry, Promise<ByteReader>>();

  constructor(reader: ByteReader, options: OpenOptions) {
    this.#reader = reader;
    this.#options = options;
  }

  async member(entry: ZipEntry): Promise<ByteReader> {
    const section = await memberSection(this.#reader, entry);
    if (entry.method === 0) return checkedMember(section, entry);
    const head = await firstBytes(section, entry);
    return {
      size: entry.size,
      read: async (position, length) => {
        if (position + length <= head.length) return head.subarray(position, position + length);
        return (await this.#unpack(section, entry)).read(position, length);
      },
    };
  }

  #unpack(section: ByteReader, entry: ZipEntry): Promise<ByteReader> {
    let unpacked = this.#unpacked.get(entry);
    if (!unpacked) {
      // In memory there is one member at a time.
      if (!this.#options.scratch) this.#unpacked.clear();
      unpacked = this.#options.scratch ? this.#toScratch(section, entry) : this.#toMemory(section, entry);
      this.#unpacked.set(entry, unpacked);
      unpacked.catch(() => this.#unpacked.delete(entry));
    }
    return unpacked;
  }

  async #toScratch(section: ByteReader, entry: ZipEntry): Promise<ByteReader> {
    const file = await (this.#options.scratch as NonNullable<OpenOptions['scratch']>).create(entry.size);
    for await (const piece of inflateMember(section, entry)) await file.append(piece);
    return file.reader();
  }

  async #toMemory(section: ByteReader, entry: ZipEntry): Promise<ByteReader> {
    const limit = this.#options.memoryLimit ?? defaultMemoryLimit;
    if (entry.size > limit) {
      throw new TensorError({
        code: 'too-large',
        message: `The member ${entry.name} unpacks to ${entry.size} bytes, more than the ${limit} that are held in memory.`,
        help: 'Write the archive without compression (np.savez).',
      });
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of inflateMember(section, entry)) pieces.push(piece);
    return bytesReader(joinBytes(pieces));
  }
}

async function firstBytes(section: ByteReader, entry: ZipEntry): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of inflateMember(section, entry)) {
    pieces.push(piece.slice(0, headBytes));
    length += piece.length;
    if (length >= headBytes) break;
  }
  if (length === 0) throw invalidFile(`The member ${entry.name} is empty.`);
  return joinBytes(pieces);
}
