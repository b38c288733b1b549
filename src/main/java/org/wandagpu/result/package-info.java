/**
 * Result files: one JSON object a run, as records. The schema is docs/result.schema.json; {@code schemaVersion} rises
 * with every change that an older reader would misread.
 *
 * <p>May import {@code failure} only.
 */
package org.wandagpu.result;
