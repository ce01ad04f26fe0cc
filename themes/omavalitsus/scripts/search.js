// Puts what was asked in the address (?filters[keyword]=…, as OVP writes it, or ?q=…) into the field.
const asked = new URLSearchParams(location.search);
const words = asked.get("filters[keyword]") ?? asked.get("q") ?? "";
const field = document.querySelector('main input[name="filters[keyword]"]');
if (field && words) field.value = words;
