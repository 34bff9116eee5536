/** Names the objects of one stop on the main session, so that they can be let go of at once. */
export const stopObjectGroup = 'tensor-debugger';
