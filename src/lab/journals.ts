/** Where `lw` keeps its journals in the lab: out of the way of lessons. */
export const journalsPlace = '/var/lib/linkwright';
