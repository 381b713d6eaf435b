/**
 * Counts whatever can change where a parameter or its gradient is: assignments of another gradient, freezing, disposal.
 * While it stands still, an optimizer need not look at its parameters before a step.
 */
export const bindings = { version: 0 };
