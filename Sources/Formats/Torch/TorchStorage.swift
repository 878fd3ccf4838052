import Core

/// The elements behind one or more tensors: a persistent id, and its bytes once they are found.
final class TorchStorage {
  let key: String
  let type: ScalarType
  /// Elements that the persistent id claims.
  let count: Int
  /// The bytes; nil until the part of the file that holds them was read.
  var data: ByteSlice?
  /// The elements are big-endian.
  var swapped: Bool

  init(key: String, type: ScalarType, count: Int, data: ByteSlice? = nil, swapped: Bool = false) {
    self.key = key
    self.type = type
    self.count = count
    self.data = data
    self.swapped = swapped
  }

  /// The storage as a vector.
  func array() throws(FormatError) -> NDArray {
    try TorchTensor(storage: self, offset: 0, shape: [count], strides: [1], place: "").array()
  }
}

/// A view of a storage; its numbers come from the file and are checked when the array is made.
struct TorchTensor {
  let storage: TorchStorage
  /// Elements from the start of the storage to the first one.
  let offset: Int
  let shape: [Int]
  /// Elements, not bytes, from one to the next along each axis.
  let strides: [Int]
  /// Where the file describes the tensor, for errors.
  let place: String

  /// The tensor as an array over the storage's bytes; nothing is copied.
  func array() throws(FormatError) -> NDArray {
    guard let data = storage.data else {
      throw FormatError(
        .missing, "the tensor storage '\(storage.shownKey)' is not in the file", at: place)
    }
    let size = storage.type.size
    let (bytes, overflow1) = offset.multipliedReportingOverflow(by: size)
    let (start, overflow2) = bytes.addingReportingOverflow(data.range.lowerBound)
    guard !overflow1, !overflow2, offset >= 0 else { throw outside() }
    var byteStrides: [Int] = []
    for stride in strides {
      let (bytes, overflow) = stride.multipliedReportingOverflow(by: size)
      // PyTorch itself has no negative strides.
      guard !overflow, stride >= 0 else { throw outside() }
      byteStrides.append(bytes)
    }
    do throws(FormatError) {
      return try NDArray(
        type: storage.type, shape: shape, strides: byteStrides, region: data.region,
        offset: start, swapped: storage.swapped, within: data.range)
    } catch { throw error.located(place) }
  }

  private func outside() -> FormatError {
    FormatError(
      .wrongShape,
      "a tensor of shape \(shape), strides \(strides) and offset \(offset) leaves its storage",
      at: place, remedy: "save the result again; the file is damaged")
  }
}

extension TorchStorage {
  /// The key, ready to show.
  var shownKey: String { SafeText.sanitise(key) }
}

/// Where a torch file keeps the storages that its pickle refers to.
protocol TorchStorageSource: AnyObject {
  /// The storage `key`; its data may still be nil when it comes later in the file.
  func storage(key: String, type: ScalarType, count: Int) throws(FormatError) -> TorchStorage
}
