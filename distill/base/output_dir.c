// distill/base/output_dir.c - locking, state, comparison of settings, and removal of outputs.
//
// Settings are compared as JSON text, value by value, so that a message can show both values. All
// programs reject an output with the messages of this file.
#include "distill/base/output_dir.h"

#include "distill/base/file.h"
#include "distill/base/memory.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FINGERPRINT "-sha256"

static const size_t MAX_RECORD_BYTES = (size_t)1 << 28;
enum { SHOWN_BYTES = 120 }; // of a value, in messages

// ---- paths and state ----------------------------------------------------------------------------

distill_status distill_output_path(distill_text *path, const distill_output_dir *output,
                                   const char *name)
{
    return distill_path_join(path, output->path, name);
}

/// Allocates nothing: an allocation failure must not make a file seem absent.
bool distill_output_has(const distill_output_dir *output, const char *name)
{
    int dir = open(output->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool found = dir >= 0 && faccessat(dir, name, F_OK, 0) == 0;
    if (dir >= 0)
        close(dir);
    return found;
}

static distill_status read_record(distill_json **record, const distill_output_dir *output)
{
    distill_status status = DISTILL_OK;
    distill_text path = {0};
    TRY(distill_output_path(&path, output, output->kind->record));
    TRY(distill_json_read(record, path.bytes, MAX_RECORD_BYTES));
done:
    distill_text_free(&path);
    return status;
}

/// True if the record's finished_member is true, or if the kind has no such member.
static bool is_marked_finished(const distill_output_dir *output)
{
    distill_json *record = NULL;
    const char *member = output->kind->finished_member;
    bool marked = member == NULL;
    if (!marked && read_record(&record, output) == DISTILL_OK)
        marked = distill_json_true(distill_json_member(distill_json_root(record), member));
    distill_json_free(record);
    return marked;
}

static distill_output_state find_state(const distill_output_dir *output)
{
    const distill_output_kind *kind = output->kind;
    if (distill_output_has(output, kind->finished_file) && is_marked_finished(output))
        return DISTILL_OUTPUT_FINISHED;
    if (!distill_output_has(output, kind->record))
        return DISTILL_OUTPUT_ABSENT;
    bool binds = kind->begun_file == NULL || distill_output_has(output, kind->begun_file);
    return binds ? DISTILL_OUTPUT_UNFINISHED : DISTILL_OUTPUT_ABSENT;
}

distill_status distill_output_open(distill_output_dir *out, const char *path,
                                   const distill_output_kind *kind)
{
    distill_status status = DISTILL_OK;
    distill_text lock = {0};
    *out = (distill_output_dir){.kind = kind, .lock = -1};
    TRY(distill_copy_string(&out->path, path, strlen(path)));
    TRY(distill_make_directory(path));
    TRY(distill_output_path(&lock, out, ".lock"));
    TRY(distill_lock_take(&out->lock, lock.bytes));
    out->state = find_state(out);
done:
    distill_text_free(&lock);
    if (status != DISTILL_OK)
        distill_output_close(out);
    return status;
}

void distill_output_close(distill_output_dir *output)
{
    if (output->path == NULL)
        return;
    distill_lock_release(&output->lock);
    distill_free(output->path);
    output->path = NULL;
}

// ---- comparing settings -------------------------------------------------------------------------

void distill_output_add_input(distill_json_writer *w, const char *input, const char *sha256)
{
    char key[128];
    snprintf(key, sizeof key, "%s" FINGERPRINT, input);
    distill_json_add_string(w, key, sha256);
}

static bool is_fingerprint(const char *key)
{
    size_t length = strlen(key), tail = strlen(FINGERPRINT);
    return length > tail && strcmp(key + length - tail, FINGERPRINT) == 0;
}

static char canonical(char c)
{
    return c == '_' ? '-' : c;
}

static bool is_listed(const char *const *names, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++) {
        const char *a = names[i], *b = key;
        for (; *a != '\0' && canonical(*a) == canonical(*b); a++)
            b++;
        if (*a == '\0' && *b == '\0')
            return true;
    }
    return false;
}

/// Two documents that are compared, and what a message needs.
typedef struct comparison {
    const char *path;
    const distill_output_keys *keys;
    const distill_json *was_doc, *is_doc;
} comparison;

static distill_status value_text(distill_text *out, const distill_json *doc,
                                 const distill_json_node *node)
{
    distill_text_clear(out);
    return node != NULL ? distill_json_write_node(out, doc, node) : distill_text_add(out, "null");
}

/// Shortens a value for messages.
static distill_status shorten(distill_text *value, const distill_json_node *node)
{
    distill_status status = DISTILL_OK;
    if (node == NULL) {
        distill_text_clear(value);
        TRY(distill_text_add(value, "absent"));
    } else if (value->length > SHOWN_BYTES) {
        value->length = SHOWN_BYTES;
        while (((unsigned char)value->bytes[value->length] & 0xC0) == 0x80)
            value->length--;
        TRY(distill_text_add(value, "…"));
    }
done:
    return status;
}

/// Fails with the reason why the output is rejected.
static distill_status reject(const char *path, const char *key, const char *was, const char *is)
{
    if (is_fingerprint(key))
        return distill_fail(DISTILL_MISMATCH,
                            "%s: an input differs from the one that the output was made from: %s "
                            "was %s and is now %s; restore it, choose another --output, or start "
                            "over with --overwrite",
                            path, key, was, is);
    return distill_fail(DISTILL_MISMATCH,
                        "%s: the setting %s was %s and is now %s; give the old value to resume, "
                        "choose another --output, or start over with --overwrite",
                        path, key, was, is);
}

static bool has_grown(const comparison *c, const char *key, const distill_json_node *was,
                      const distill_json_node *is)
{
    return is_listed(c->keys->growing, c->keys->growing_count, key) &&
           distill_json_kind_of(was) == DISTILL_JSON_NUMBER &&
           distill_json_kind_of(is) == DISTILL_JSON_NUMBER &&
           distill_json_number(is) >= distill_json_number(was);
}

static bool is_object(const distill_json_node *node)
{
    return node != NULL && distill_json_kind_of(node) == DISTILL_JSON_OBJECT;
}

static distill_status compare_objects(const comparison *c, const char *parent,
                                      const distill_json_node *was, const distill_json_node *is);

/// Either node may be NULL.
static distill_status compare_setting(const comparison *c, const char *parent, const char *key,
                                      const distill_json_node *was, const distill_json_node *is)
{
    distill_status status = DISTILL_OK;
    distill_text was_text = {0}, is_text = {0}, name = {0};
    if (is_listed(c->keys->free, c->keys->free_count, key) || has_grown(c, key, was, is))
        return DISTILL_OK;
    TRY(value_text(&was_text, c->was_doc, was));
    TRY(value_text(&is_text, c->is_doc, is));
    if (distill_span_equal(distill_text_span(&was_text), distill_text_span(&is_text)))
        goto done;
    TRY(distill_text_printf(&name, "%s%s%s", parent, parent[0] != '\0' ? " " : "", key));
    if (is_object(was) && is_object(is))
        TRY(compare_objects(c, name.bytes, was, is));
    TRY(shorten(&was_text, was));
    TRY(shorten(&is_text, is));
    TRY(reject(c->path, name.bytes, was_text.bytes, is_text.bytes));
done:
    distill_text_free(&was_text);
    distill_text_free(&is_text);
    distill_text_free(&name);
    return status;
}

static distill_status compare_objects(const comparison *c, const char *parent,
                                      const distill_json_node *was, const distill_json_node *is)
{
    distill_status status = DISTILL_OK;
    const distill_json_node *node;
    for (node = distill_json_first(is); node != NULL; node = distill_json_next(node)) {
        const char *key = distill_json_key(node);
        TRY(compare_setting(c, parent, key, distill_json_member(was, key), node));
    }
    for (node = distill_json_first(was); node != NULL; node = distill_json_next(node)) {
        const char *key = distill_json_key(node);
        if (distill_json_member(is, key) == NULL)
            TRY(compare_setting(c, parent, key, node, NULL));
    }
done:
    return status;
}

distill_status distill_output_compare(const char *path, const distill_output_keys *keys,
                                      const distill_json *was_doc, const distill_json_node *was,
                                      const distill_json *is_doc, const distill_json_node *is)
{
    comparison c = {.path = path, .keys = keys, .was_doc = was_doc, .is_doc = is_doc};
    return compare_objects(&c, "", was, is);
}

distill_status distill_output_check(const distill_output_dir *output, distill_span settings)
{
    distill_status status = DISTILL_OK;
    const distill_output_kind *kind = output->kind;
    distill_json *was = NULL, *is = NULL;
    if (output->state == DISTILL_OUTPUT_ABSENT || !distill_output_has(output, kind->record))
        return DISTILL_OK;
    TRY(read_record(&was, output));
    TRY(distill_json_parse(&is, settings.bytes, settings.length, "settings"));
    const distill_json_node *root = distill_json_root(was);
    if (kind->record_member != NULL)
        root = distill_json_member(root, kind->record_member);
    TRY(distill_output_compare(output->path, &kind->keys, was, root, is, distill_json_root(is)));
done:
    distill_json_free(was);
    distill_json_free(is);
    return status;
}

// ---- removing -----------------------------------------------------------------------------------

static const char *skip_digits(const char *name)
{
    return name + strspn(name, "0123456789");
}

/// The rest of `name` after the part that matches the pattern; NULL if it does not match.
static const char *match(const char *pattern, const char *name)
{
    for (; *pattern != '\0'; pattern++) {
        const char *next = *pattern == '#' ? skip_digits(name) : name + (*name == *pattern);
        if (next == name)
            return NULL;
        name = next;
    }
    return name;
}

static bool is_temporary_of(const char *pattern, const char *name)
{
    const char *rest = match(pattern, name);
    rest = rest != NULL ? match(".tmp-#", rest) : NULL;
    return rest != NULL && *rest == '\0';
}

static bool is_made_as(const char *pattern, const char *name)
{
    const char *rest = match(pattern, name);
    return (rest != NULL && *rest == '\0') || is_temporary_of(pattern, name);
}

/// Removes the entries that match the pattern and for which `chosen` is true.
static distill_status remove_chosen(const char *path, const char *pattern,
                                    bool (*chosen)(const char *pattern, const char *name))
{
    distill_status status = DISTILL_OK;
    distill_text file = {0};
    struct dirent *entry;
    DIR *dir = opendir(path);
    if (dir == NULL)
        TRY(distill_fail_errno(DISTILL_IO, "%s", path));
    while ((entry = readdir(dir)) != NULL) {
        if (!chosen(pattern, entry->d_name))
            continue;
        TRY(distill_path_join(&file, path, entry->d_name));
        TRY(distill_remove_all(file.bytes));
    }
done:
    if (dir != NULL)
        closedir(dir);
    distill_text_free(&file);
    return status;
}

distill_status distill_output_remove_unfinished(const distill_output_dir *output)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < output->kind->file_count; i++)
        TRY(remove_chosen(output->path, output->kind->files[i], is_temporary_of));
done:
    return status;
}

distill_status distill_output_clear(distill_output_dir *output)
{
    distill_status status = DISTILL_OK;
    for (size_t i = 0; i < output->kind->file_count; i++)
        TRY(remove_chosen(output->path, output->kind->files[i], is_made_as));
    output->state = DISTILL_OUTPUT_ABSENT;
done:
    return status;
}
