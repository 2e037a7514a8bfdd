export function squares(text: string): boolean[][];
