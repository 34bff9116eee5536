// TypeScript that Node's type stripping can run, too.
import { scale, type Scaled } from './typedHelper.ts';

interface Options {
  factor: number;
  // Types take lines that leave no code behind.
  label?: string;
}

function run(values: number[], options: Options): Scaled[] {
  const results: Scaled[] = [];
  for (const value of values) {
    const scaled = scale(value, options.factor); // #SCALED
    results.push(scaled); // #PUSH
  }
  return results; // #RETURN
}

const all = run([1, 2], { factor: 10, label: 'ten' }); // #RUN
console.log(JSON.stringify(all)); // #PRINT
