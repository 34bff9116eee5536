let rounds = 0;
process.stdout.write('spinning\n');
while (true) {
  rounds++;
  if (rounds < 0) break;
}
