/** workerd gives an imported `.wasm` as a compiled module. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

/** Vercel's builder does so where it is asked to. */
declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}
