// What programs look for to tell where they run.
const bare = () => {
  try {
    return GPUBuffer;
  } catch (error) {
    return error.message;
  }
};
console.log('GPUBuffer' in globalThis, bare());
