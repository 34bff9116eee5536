const word = 'no tensors here';
debugger;
console.log(word);
