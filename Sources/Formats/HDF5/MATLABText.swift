import CHDF5
import Core

/// Texts as MATLAB saves them: a `char` array is an array of UTF-16 numbers, and a cell array of
/// texts is an array of references to such arrays.
struct MATLABText {
  /// Longest text that is read, in UTF-16 units; names are shorter.
  private static let longest = 4096

  /// The text, or the texts, in the dataset `id`; nil when MATLAB wrote something else in it, which
  /// is also so for a cell array of anything but texts.
  static func value(of id: hid_t, room: inout HDF5Room) throws(HDF5Values.Unread) -> Value? {
    switch MATLABClass.name(id) {
    case "char": return try text(id, &room).map { .string($0) }
    case "cell": return try texts(id, &room)
    default: return nil
    }
  }

  private static func text(
    _ id: hid_t, _ room: inout HDF5Room
  ) throws(HDF5Values.Unread) -> String? {
    // The lengths of what is empty stand where its elements would.
    if MATLABClass.isEmpty(id) { return "" }
    guard case .array(let array) = try HDF5Values(dataset: id).value(&room),
      array.type == .uint16, array.count <= longest, array.shape.filter({ $0 > 1 }).count <= 1
    else { return nil }
    return String(decoding: array.values().map { UInt16($0) }, as: UTF16.self)
  }

  private static func texts(
    _ id: hid_t, _ room: inout HDF5Room
  ) throws(HDF5Values.Unread) -> Value? {
    let references = try HDF5Values(dataset: id).references(&room)
    guard let references, !references.isEmpty else { return nil }
    var texts: [String] = []
    for index in 0..<references.count / MemoryLayout<hobj_ref_t>.size {
      let target = HDF5Handle(
        references.withUnsafeBytes { cka_h5_referenced(id, $0.baseAddress, index) })
      guard target.isValid, H5Iget_type(target.id) == H5I_DATASET,
        MATLABClass.name(target.id) == "char", let text = try text(target.id, &room)
      else { return nil }
      texts.append(text)
    }
    return .strings(texts, shape: [texts.count])
  }
}
