// No tensors here: the debugger must leave nothing behind.
class Account {
  constructor() {
    this.balance = 10;
  }
}
const before = new Set(Reflect.ownKeys(globalThis));
function look() {
  const account = new Account();
  const accounts = [account, new Account()];
  const added = () =>
    Reflect.ownKeys(globalThis)
      .filter((key) => !before.has(key))
      .map(String);
  debugger; // #LOOK
  console.log('added', JSON.stringify(added()), accounts.length);
}
look();
