console.log('partial line first');
process.stdout.write('no line break');
process.exit(Number(process.argv[2] ?? 0));
