/** A mail takes seconds and people look for it within minutes; a link that lies in a mailbox for longer is a risk. */
export const linkMinutes = 15;
/** A person asks again once or twice; more mails to one mailbox within the life of a link are somebody else's. */
export const linksMax = 3;
