export function readEan13(grey: Uint8ClampedArray, width: number, height: number): string;
