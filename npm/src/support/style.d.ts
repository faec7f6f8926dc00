/** The style sheet as text, without what only people need; scripts/lib/npm-entries.mjs makes it so. */
declare module "*.css" {
  const text: string;
  export default text;
}
