import CHDF5
import Core
import Testing

@testable import Formats

/// Files made with libhdf5 itself, from Swift, since the reader must meet more than one sample
/// shows.
@Suite(.serialized) struct HDF5Tests {
  @Test func groupsAreResults() throws {
    let folder = try ScratchFolder()
    let path = folder.path + "/groups.h5"
    try HDF5Sample.write(path) { file in
      for name in ["a", "b"] {
        HDF5Sample.group(file, name) { HDF5Sample.numbers($0, "CKA", [[0.25, 0.5]]) }
      }
    }
    let results = try ResultFile.read(path: path)
    #expect(results.map(\.id.key) == ["a", "b"])
    #expect(results[1].matrix.values() == [0.25, 0.5])
    #expect(results[0].dtype == "float64" && results[0].format.description == "HDF5")
  }

  @Test func linksOutOfTheFileAreNotFollowed() throws {
    let folder = try ScratchFolder()
    let sample = FixtureFile.path("samples/variants/results.h5")
    let path = folder.path + "/links.h5"
    try HDF5Sample.write(path) { file in
      H5Lcreate_external(sample, "/CKA", file, "CKA", 0, 0)
      H5Lcreate_soft("/other", file, "soft", 0, 0)
    }
    let error = #expect(throws: FormatError.self) { try ResultFile.read(path: path) }
    #expect(error?.kind == .noSuchKey)
  }

  @Test func groupsInACircleEnd() throws {
    let folder = try ScratchFolder()
    let path = folder.path + "/circle.h5"
    try HDF5Sample.write(path) { file in
      HDF5Sample.group(file, "a") { H5Lcreate_hard(file, "a", $0, "again", 0, 0) }
    }
    let error = #expect(throws: FormatError.self) { try ResultFile.read(path: path) }
    #expect(error?.kind == .tooLarge)
  }

  @Test func activationsAreLeftOut() throws {
    let folder = try ScratchFolder()
    let path = folder.path + "/four.h5"
    try HDF5Sample.write(path) { file in
      HDF5Sample.numbers(file, "CKA", [[1, 0.5], [0.5, 1]])
      HDF5Sample.numbers(file, "layer", shape: [1, 1, 1, 2], [1, 2])
    }
    let result = try #require(ResultFile.read(path: path).first)
    #expect(result.warnings.contains("/layer: it has 4 dimensions; left out"))
  }

  @Test(
    "chunks that do not divide a dataset, as they are and packed", arguments: ["chunked", "packed"])
  func chunks(_ name: String) throws {
    HDF5Service.use([BuiltProgram.path, "read-hdf5", "--"])
    let path = FixtureFile.path("tables/\(name).h5")
    let result = try #require(ResultFile.read(path: path).first)
    #expect(result.matrix.values() == (0..<400).map { Double(Float($0) / 400) })
  }

  @Test func aMissingFileIsAnError() {
    #expect(throws: FormatError.self) { try HDF5Reader.read(path: "/nowhere/a.h5") }
  }
}

/// Just enough of libhdf5 to write what the tests need.
private enum HDF5Sample {
  static func write(_ path: String, _ body: (hid_t) -> Void) throws {
    try HDF5Reader.locked {
      let file = H5Fcreate(path, 2, 0, 0)  // 2 is H5F_ACC_TRUNC
      body(file)
      H5Fclose(file)
    }
  }

  /// A new group for `body` to fill.
  static func group(_ parent: hid_t, _ name: String, _ body: (hid_t) -> Void) {
    let group = H5Gcreate2(parent, name, 0, 0, 0)
    body(group)
    H5Gclose(group)
  }

  static func numbers(_ parent: hid_t, _ name: String, _ rows: [[Double]]) {
    numbers(parent, name, shape: [rows.count, rows[0].count], rows.flatMap { $0 })
  }

  static func numbers(_ parent: hid_t, _ name: String, shape: [Int], _ values: [Double]) {
    let sizes = shape.map { hsize_t($0) }
    let space = H5Screate_simple(Int32(sizes.count), sizes, nil)
    let type = cka_h5_float64()
    let dataset = H5Dcreate2(parent, name, type, space, 0, 0, 0)
    H5Dwrite(dataset, type, 0, 0, 0, values)
    H5Dclose(dataset)
    H5Sclose(space)
  }
}
