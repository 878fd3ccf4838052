import CHDF5
import CZip
import Foundation
import Testing

@testable import Core
@testable import Formats

/// An array for a test to save.
struct SavedArray {
  var name: String
  var shape: [Int]
  var values: [Float]

  /// Values that tell every element of every array apart.
  init(_ name: String, _ shape: [Int], from start: Float = 0) {
    self.name = name
    self.shape = shape
    values = (0..<shape.reduce(1, *)).map { start + Float($0) }
  }

  var bytes: [UInt8] { values.flatMap { littleEndian($0.bitPattern) } }
}

func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// Files of activations, written plainly.
enum SavedFile {
  static func safetensors(_ arrays: [SavedArray]) -> [UInt8] {
    safetensors(arrays.map { ($0.name, "F32", $0.shape, $0.bytes) })
  }

  static func safetensors(
    _ arrays: [(name: String, dtype: String, shape: [Int], bytes: [UInt8])]
  ) -> [UInt8] {
    var end = 0
    let entries = arrays.map { array in
      defer { end += array.bytes.count }
      return #""\#(array.name)": {"dtype": "\#(array.dtype)", "shape": \#(array.shape), "#
        + #""data_offsets": [\#(end), \#(end + array.bytes.count)]}"#
    }
    let header = Array("{\(entries.joined(separator: ", "))}".utf8)
    return littleEndian(UInt64(header.count)) + header + arrays.flatMap(\.bytes)
  }

  static func npy(_ shape: [Int], _ bytes: [UInt8], descr: String = "<f4", fortran: Bool = false)
    -> [UInt8]
  {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let header =
      "{'descr': '\(descr)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': (\(sizes))}\n"
    return NpyReader.magic + [1, 0] + littleEndian(UInt16(header.utf8.count)) + Array(header.utf8)
      + bytes
  }

  static func npy(_ array: SavedArray) -> [UInt8] { npy(array.shape, array.bytes) }

  /// An npz of members as `members` gives them, deflated at the path `path`.
  static func deflatedNpz(_ path: String, _ members: [(name: String, npy: [UInt8])]) throws {
    let archive = try #require(zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, nil))
    for member in members {
      // libzip reads the bytes when it closes the archive, and frees them then.
      let memory = try #require(malloc(member.npy.count))
      member.npy.withUnsafeBytes { source in
        _ = source.baseAddress.map { memcpy(memory, $0, source.count) }
      }
      let source = zip_source_buffer(archive, memory, UInt64(member.npy.count), 1)
      let index = zip_file_add(archive, member.name, source, 0)
      #expect(zip_set_file_compression(archive, UInt64(index), ZIP_CM_DEFLATE, 9) == 0)
    }
    #expect(zip_close(archive) == 0)
  }

  /// An HDF5 file whose one dataset has chunks of `chunk`, deflated.
  static func chunkedHDF5(_ path: String, group: String, _ array: SavedArray, chunk: [Int]) throws {
    try HDF5Reader.locked {
      let file = H5Fcreate(path, 2, 0, 0)  // 2 is H5F_ACC_TRUNC
      let parent = H5Gcreate2(file, group, 0, 0, 0)
      let space = H5Screate_simple(Int32(array.shape.count), array.shape.map { hsize_t($0) }, nil)
      let type = cka_h5_float64()
      // The property list's class is a macro that Swift has not; a dataset has a list of that
      // class.
      let model = H5Dcreate2(file, "model", type, space, 0, 0, 0)
      let creation = H5Dget_create_plist(model)
      H5Dclose(model)
      H5Ldelete(file, "model", 0)
      H5Pset_chunk(creation, Int32(chunk.count), chunk.map { hsize_t($0) })
      H5Pset_deflate(creation, 6)
      let dataset = H5Dcreate2(parent, array.name, type, space, 0, creation, 0)
      H5Dwrite(dataset, type, 0, 0, 0, array.values.map(Double.init))
      for id in [dataset, creation, space, parent, file] { H5Idec_ref(id) }
    }
  }
}

extension FeatureSet {
  /// The matrix of the model and the layer of these names.
  func features(_ minibatch: Int, _ model: String, _ layer: String) throws -> Matrix {
    let number = try #require(models.firstIndex { $0.name == model })
    let index = try #require(models[number].layers.firstIndex { $0.name == layer })
    return try features(minibatch: minibatch, model: number, layer: index)
  }

  /// "MODEL/LAYER" of all layers, in order.
  var names: [String] {
    models.flatMap { model in model.layers.map { "\(model.name)/\($0.name)" } }
  }
}

extension Matrix {
  /// The bytes of all elements, row by row, as they stand in memory.
  var bytes: [UInt8] {
    withExtendedLifetime(region) {
      (0..<rows).flatMap { row in
        let start = offset + row * rowStride
        return Array(region.bytes[start..<start + columns * type.size])
      }
    }
  }
}
