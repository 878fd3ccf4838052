import Testing
@testable import CKACore
