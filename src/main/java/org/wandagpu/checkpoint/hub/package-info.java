/**
 * Models and data sets by name: the cache of the Hugging Face hub on disk, read and written by its own rules, and the
 * download into it over HTTP.
 *
 * <p>{@code Hub} is the way in; {@code HubRequests} knows the hub's addresses and headers, {@code Transport} one HTTP
 * exchange, {@code Transfer} one file's bytes, {@code RepositoryCache} the folders. May import {@code failure},
 * Jackson and the JDK; nothing here is static state, and the environment comes in as a map.
 */
package org.wandagpu.checkpoint.hub;
