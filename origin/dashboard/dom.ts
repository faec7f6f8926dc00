/**
 * The only way this page makes elements. Text goes in as text nodes and attributes by name, so that nothing a browser
 * somewhere has sent can become markup.
 */
type Child = Node | string | null | undefined | false;

interface Properties {
  class?: string;
  title?: string;
  type?: string;
  href?: string;
  datetime?: string;
  id?: string;
  scope?: string;
  data?: Record<string, string>;
  aria?: Record<string, string>;
  onClick?: () => void;
}

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  const { class: className, data, aria, onClick, ...attributes } = properties;
  if (className) made.className = className;
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(name, value);
  for (const [name, value] of Object.entries(data ?? {})) made.dataset[name] = value;
  for (const [name, value] of Object.entries(aria ?? {})) made.setAttribute(`aria-${name}`, value);
  if (onClick) made.addEventListener("click", onClick);
  for (const child of children) if (child) made.append(child);
  return made;
}

export function button(text: string, onClick: () => void, properties: Properties = {}): HTMLButtonElement {
  return element("button", { type: "button", ...properties, onClick }, text);
}

/** The element of the page's own HTML with that id. */
export function byId<Type extends HTMLElement = HTMLElement>(id: string): Type {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element with id ${id}`);
  return found as Type;
}
