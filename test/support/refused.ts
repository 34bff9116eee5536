/** What can't be read is said in words for a person: the code, the message, and always a remedy. */
import assert from 'node:assert/strict';
import { TensorError, type ErrorCode } from '../../src/protocol/errors.ts';

/** What was thrown; every error has words for a person, and names a remedy. */
export async function refused(action: () => Promise<unknown>): Promise<TensorError> {
  try {
    await action();
  } catch (error) {
    assert.ok(error instanceof TensorError, String(error));
    assert.notEqual(error.message, '');
    assert.ok(error.help !== undefined && error.help.length > 10, `no help for: ${error.message}`);
    return error;
  }
  assert.fail('nothing was thrown');
}

export async function assertRefused(
  code: ErrorCode,
  message: RegExp,
  action: () => Promise<unknown>,
): Promise<TensorError> {
  const error = await refused(action);
  assert.deepEqual([error.code, message.test(error.message) || error.message], [code, true]);
  return error;
}
