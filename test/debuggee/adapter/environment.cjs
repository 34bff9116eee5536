console.log(
  JSON.stringify({
    cwd: process.cwd(),
    args: process.argv.slice(2),
    execArgv: process.execArgv.filter((a) => !a.startsWith('--inspect')),
    one: process.env.ONE,
    two: process.env.TWO,
    home: process.env.HOME ?? null,
  }),
);
