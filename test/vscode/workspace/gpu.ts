// What programs that are shown in pictures begin with.
import { chooseBackend } from '../../../samples/backend.ts';

await chooseBackend();
