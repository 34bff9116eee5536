const value = 1;
debugger; // #DEBUGGER
console.log('after', value);
