// Builds and rearranges elements. Text only ever becomes text nodes: no string is parsed as markup anywhere.

/** An element with attributes, listeners in `on`, and children (nodes or strings; null is left out). */
export function h(tag, { on = {}, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== null && value !== false)
      element.setAttribute(name, value === true ? "" : value);
  for (const [name, listener] of Object.entries(on))
    element.addEventListener(name, listener);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/**
 * Makes `elements` the children of `parent` and moves only those that are out of place, so that the focus and the
 * scroll position survive an update.
 */
export function arrange(parent, elements) {
  const focused = document.activeElement;
  const wanted = new Set(elements);
  for (const child of [...parent.children])
    if (!wanted.has(child))
      child.remove();
  let next = parent.firstElementChild;
  for (const element of elements) {
    if (element === next)
      next = next.nextElementSibling;
    else
      parent.insertBefore(element, next);
  }
  if (focused !== document.activeElement && focused?.isConnected)
    focused.focus({ preventScroll: true });
}

/** The text with a chance to break after every separator of host names and paths. */
export const breakable = (text) => text.split(/(?<=[.:/])/).flatMap((part) => [part, document.createElement("wbr")]);

/** Sets the text only if it changed: an unchanged node keeps the user's selection. */
export function setText(element, text) {
  if (element.textContent !== text)
    element.textContent = text;
}
