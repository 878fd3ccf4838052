#ifndef CHDF5_SHIM_H
#define CHDF5_SHIM_H
#include <hdf5.h>

// What Swift cannot import: macros that cast or call H5open(), the property lists behind them, and
// functions whose names are version macros. One static inline function for each, and no logic.

static inline hid_t cka_h5_default(void) { return H5P_DEFAULT; }
static inline hid_t cka_h5_float64(void) { return H5T_IEEE_F64LE; }
static inline hid_t cka_h5_all(void) { return H5S_ALL; }

// Errors come back as negative results; libhdf5 must not print a stack trace over the screen.
static inline herr_t cka_h5_silence(void) { return H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }

// Filter plug-ins are shared objects that a file can ask for by number: none is ever loaded.
static inline herr_t cka_h5_forbid_plugins(void) { return H5PLset_loading_state(0); }

// A file whose bytes are in memory is handed to the driver for files in memory. It asks for memory and has the
// bytes copied into it: it is given where they stand, and nothing is copied.
static inline void *cka_h5_image_at(size_t size, H5FD_file_image_op_t op, void *start) { return start; }
static inline void *cka_h5_image_copied(void *target, const void *source, size_t size,
                                        H5FD_file_image_op_t op, void *start) {
  return target;
}
static inline void *cka_h5_image_moved(void *memory, size_t size, H5FD_file_image_op_t op, void *start) {
  return NULL;
}
static inline herr_t cka_h5_image_kept(void *memory, H5FD_file_image_op_t op, void *start) { return 0; }
static inline void *cka_h5_image_start(void *start) { return start; }
static inline herr_t cka_h5_image_done(void *start) { return 0; }

// Opens the file of `size` bytes at `start`, which must stay there; `name` must be unlike all others'.
static inline hid_t cka_h5_open_bytes(const void *start, size_t size, const char *name) {
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5FD_file_image_callbacks_t callbacks = {
      cka_h5_image_at,    cka_h5_image_copied, cka_h5_image_moved, cka_h5_image_kept,
      cka_h5_image_start, cka_h5_image_done,   (void *)start};
  hid_t file = -1;
  if (H5Pset_fapl_core(access, 1 << 16, 0) >= 0 &&
      H5Pset_file_image_callbacks(access, &callbacks) >= 0 &&
      H5Pset_file_image(access, (void *)start, size) >= 0)
    file = H5Fopen(name, H5F_ACC_RDONLY, access);
  H5Pclose(access);
  return file;
}

// The number of links of a group, or -1.
static inline long long cka_h5_link_count(hid_t group) {
  H5G_info_t info;
  return H5Gget_info(group, &info) < 0 ? -1 : (long long)info.nlinks;
}

// The length of a link's name without its NUL, or -1; writes at most `size` bytes with the NUL.
static inline long long cka_h5_link_name(hid_t group, hsize_t index, char *name, size_t size) {
  return H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, index, name, size, H5P_DEFAULT);
}

// Whether link `index` leads to an object of this very file: soft and external links do not count.
static inline int cka_h5_link_is_hard(hid_t group, hsize_t index) {
  H5L_info_t info;
  if (H5Lget_info_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, index, &info, H5P_DEFAULT) < 0)
    return 0;
  return info.type == H5L_TYPE_HARD;
}

static inline hid_t cka_h5_open_object(hid_t group, hsize_t index) {
  return H5Oopen_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, index, H5P_DEFAULT);
}

// Whether elements of `type` are references to objects, and the object of this very file that element `index`
// of them leads to, or -1.
static inline int cka_h5_is_reference(hid_t type) { return H5Tequal(type, H5T_STD_REF_OBJ) > 0; }
static inline hid_t cka_h5_referenced(hid_t dataset, const void *references, size_t index) {
  return H5Rdereference2(dataset, H5P_DEFAULT, H5R_OBJECT, (const hobj_ref_t *)references + index);
}

static inline long long cka_h5_attribute_count(hid_t object) {
  H5O_info_t info;
#if H5_VERSION_GE(1, 12, 0)
  herr_t status = H5Oget_info3(object, &info, H5O_INFO_NUM_ATTRS);
#elif H5_VERSION_GE(1, 10, 3)
  herr_t status = H5Oget_info2(object, &info, H5O_INFO_NUM_ATTRS);
#else
  herr_t status = H5Oget_info(object, &info);
#endif
  return status < 0 ? -1 : (long long)info.num_attrs;
}

static inline hid_t cka_h5_open_attribute(hid_t object, hsize_t index) {
  return H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, index, H5P_DEFAULT, H5P_DEFAULT);
}

// Whether the dataset's values stand in this file, and not in others that it names.
static inline int cka_h5_is_self_contained(hid_t dataset) {
  hid_t creation = H5Dget_create_plist(dataset);
  if (creation < 0) return 0;
  int external = H5Pget_external_count(creation);
  H5D_layout_t layout = H5Pget_layout(creation);
  H5Pclose(creation);
  return external == 0 && layout != H5D_VIRTUAL && layout != H5D_LAYOUT_ERROR;
}
#endif
