// Returns the texts of the page whose contrast with their background is under WCAG 2.1 AA.
function channels(color) {
  return color.match(/[\d.]+/g).map(Number);
}
function luminance(color) {
  const [r, g, b] = channels(color).map((value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function background(element) {
  for (let at = element; at; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    const alpha = channels(color)[3];
    if (alpha === undefined || alpha === 1) return color;
  }
  return "rgb(255, 255, 255)";
}
const faults = [];
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  if (!own || !element.checkVisibility() || element.closest("[aria-hidden], .skip, .unseen")) continue;
  const style = getComputedStyle(element);
  const [light, dark] = [luminance(style.color), luminance(background(element))].sort((a, b) => b - a);
  const size = parseFloat(style.fontSize);
  const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
  const ratio = (light + 0.05) / (dark + 0.05);
  if (ratio < least) faults.push(`${ratio.toFixed(2)} ${element.className || element.tagName}: ${element.textContent.trim().slice(0, 30)}`);
}
return faults;
