async function fail() {
  await null;
  throw new Error('rejected later'); // #REJECT
}
fail();
