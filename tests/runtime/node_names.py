"""Expressions whose node in the graph is named: each is made of `m`, a matrix `x`, a vector `v` and a mask `k`."""

NAMED = """
x + x; x + 1; 1 + x; x - x; 1 - x; x * x; x * 2; x / x; 1 / x; x ** 2; x ** 3.0; x ** x; 2 ** x; -x; abs(x); x % 2
x @ x; x @ v; v @ v; x.matmul(x); x[0]; x[0, 0]; x[:, 0]; x[1:]; x[None]; x[k]; x[[0, 1]]; x[..., 1]; x.sum()
x.sum(0); x.sum((0, 1)); x.mean(); x.mean(1); x.prod(); x.prod(0); x.max(); x.max(0)[0]; x.min(); x.amax(0)
x.amin(0); x.std(); x.var(); x.var(0); x.norm(); x.norm(dim=0); x.norm(1); x.median(); x.median(0)[0]
x.logsumexp(0); x.cumsum(0); x.cumprod(0); x.sort()[0]; x.topk(1)[0]; x.kthvalue(1)[0]; x.mode()[0]; x.nansum()
x.exp(); x.exp2(); x.expm1(); x.log(); x.log2(); x.log10(); x.log1p(); x.sqrt(); x.rsqrt(); x.square()
x.reciprocal(); x.sin(); x.cos(); x.tan(); x.asin(); x.acos(); x.atan(); x.sinh(); x.cosh(); x.tanh(); x.asinh()
x.acosh(); x.atanh(); x.sigmoid(); x.relu(); x.softmax(0); x.log_softmax(0); x.erf(); x.erfc(); x.erfinv()
x.lgamma(); x.digamma(); x.floor(); x.ceil(); x.round(); x.trunc(); x.frac(); x.sign(); x.clamp(0, 1)
x.clamp(min=0); x.clamp(max=1); x.clamp_min(0); x.clamp_max(1); x.neg(); x.abs(); x.sgn(); x.sinc(); x.logit()
x.deg2rad(); x.rad2deg(); x.positive(); x.view(-1); x.reshape(-1); x.flatten(); x.ravel(); x.t(); x.T; x.mT
x.transpose(0, 1); x.permute(1, 0); x.squeeze(); x.unsqueeze(0); x[0].unsqueeze(0).squeeze(0); x.expand(2, 3, 3)
x.repeat(2, 1); x.tile(2); x.flip(0); x.roll(1); x.roll(1, 0); x.rot90(); x.tril(); x.triu(); x.diag(); v.diag()
x.diagonal(); x.trace(); v.diag_embed(); x.movedim(0, 1); x.swapaxes(0, 1); x.narrow(0, 0, 1); x.select(0, 1)
x.split(1)[0]; x.chunk(2)[0]; x.split([1, 2])[0]; x.unbind()[0]; x.tensor_split(2)[0]; x.unfold(0, 2, 1)
x.contiguous(); x.t().contiguous(); x.clone(); x.double(); x.to(m.float16); x.as_strided((2,), (1,))
x.view(3, 3, 1).squeeze(2); x.unflatten(1, (3, 1)); x.index_select(0, m.tensor([0]))
x.gather(0, m.zeros(1, 3, dtype=m.int64)); x.masked_fill(k, 0.0); x.masked_select(k); x.where(k, x)
x.take(m.tensor([0])); x.index_add(0, m.tensor([0]), x[:1]); x.index_fill(0, m.tensor([0]), 1.0)
x.index_copy(0, m.tensor([0]), x[:1]); x.scatter(0, m.zeros(1, 3, dtype=m.int64), x[:1])
x.scatter_add(0, m.zeros(1, 3, dtype=m.int64), x[:1]); x.index_put((m.tensor([0]),), v)
x.take_along_dim(m.zeros(1, 3, dtype=m.int64), 0); m.cat([x, x]); m.stack([x, x]); m.hstack([x, x])
m.vstack([x, x]); m.where(k, x, 0.0); m.where(k, x, x); m.maximum(x, x); m.minimum(x, x); m.max(x, x); m.fmax(x, x)
m.atan2(x, x); m.hypot(x, x); m.logaddexp(x, x); m.lerp(x, x, 0.5); m.lerp(x, x, x); m.addcmul(x, x, x)
m.addcdiv(x, x, x); m.addmm(x, x, x); m.addmv(v, x, v); m.addr(x, v, v); m.baddbmm(x[None], x[None], x[None])
m.addbmm(x, x[None], x[None]); m.bmm(x[None], x[None]); m.mm(x, x); m.mv(x, v); m.dot(v, v); m.outer(v, v)
m.ger(v, v); m.cross(v, v, dim=0); m.matrix_power(x, 2); m.matrix_exp(x); m.cdist(x, x); m.dist(x, x)
m.linalg.inv(x); m.linalg.det(x); m.linalg.slogdet(x)[1]; m.linalg.solve(x, x); m.linalg.norm(x); m.linalg.qr(x)[0]
m.linalg.svd(x)[1]; m.linalg.svdvals(x); m.linalg.eigh(x @ x.T)[0]; m.linalg.cholesky(x @ x.T + 9 * m.eye(3))
m.linalg.pinv(x); m.linalg.lstsq(x, x)[0]; m.linalg.eig(x)[0]; m.linalg.vector_norm(x); m.linalg.matrix_norm(x)
m.linalg.lu(x)[1]; m.linalg.solve_triangular(x, x, upper=True); m.logdet(x @ x.T); m.det(x); m.inverse(x)
m.fft.fft(v); m.fft.rfft(v); m.fft.irfft(v); m.complex(v, v); m.polar(v, v); m.view_as_real(m.fft.fft(v))
m.fft.fft(v).real; m.fft.fft(v).imag; m.fft.fft(v).abs(); m.fft.fft(v).conj(); m.fft.fft(v).angle(); F.relu(x)
F.leaky_relu(x); F.elu(x); F.selu(x); F.celu(x); F.gelu(x); F.silu(x); F.mish(x); F.softplus(x); F.hardtanh(x)
F.relu6(x); F.hardswish(x); F.hardsigmoid(x); F.logsigmoid(x); F.softsign(x); F.tanhshrink(x); F.softshrink(x)
F.hardshrink(x); F.threshold(x, 0.1, 0.0); F.prelu(x, v[:1]); F.glu(x[:, :2]); F.softmin(x, 0); F.normalize(x)
F.linear(x, x); F.linear(x, x, v); F.dropout(x, 0.5); F.mse_loss(x, x + 1); F.l1_loss(x, x + 1)
F.smooth_l1_loss(x, x + 1); F.huber_loss(x, x + 1); F.cross_entropy(x, m.tensor([0, 1, 2]))
F.nll_loss(x, m.tensor([0, 1, 2])); F.kl_div(x, x.abs()); F.binary_cross_entropy(x.sigmoid(), x.sigmoid())
F.binary_cross_entropy_with_logits(x, x.sigmoid()); F.conv1d(x[None], x[None])
F.conv2d(x[None, None], x[None, None]); F.conv_transpose2d(x[None, None], x[None, None]); F.max_pool2d(x[None], 2)
F.avg_pool2d(x[None], 2); F.adaptive_max_pool2d(x[None], 1); F.pad(x, (1, 1))
F.pad(x[None], (1, 1), mode="reflect"); F.embedding(m.tensor([0]), x); F.layer_norm(x, (3,))
F.batch_norm(x, None, None, training=True); F.group_norm(x[None], 3)
F.pixel_shuffle(x[None, :, :].expand(4, 3, 3), 2); F.unfold(x[None, None], 2)
F.fold(x[None, :1].expand(1, 4, 3)[:, :, :1], (2, 2), 2); F.cosine_similarity(x, x)
x.fmod(2); x.true_divide(x); x.copysign(x); x.nan_to_num(); x.xlogy(x); x.lerp(x, 0.5); x.cummax(0)[0]; x.cummin(0)[0]
x.logcumsumexp(0); x.aminmax()[0]; m.std_mean(x)[0]; x.nanmean(); x.nanmedian(); x.renorm(2, 0, 1.0); m.vdot(v, v)
m.chain_matmul(x, x); m.linalg.multi_dot([x, x, x]); m.block_diag(x, x); m.meshgrid(v, v, indexing='ij')[0]
m.cartesian_prod(v, v); m.broadcast_to(v, (2, 3)); m.column_stack([v, v]); m.dstack([v, v]); x.fliplr(); x.flipud()
x.rot90(2); x.diagflat(); x.tril().triu(); x.index_fill(0, m.tensor([0]), 0.0); x.put(m.tensor([0]), m.tensor([1.0]))
x.masked_scatter(k, v); x.diagonal_scatter(v); x.select_scatter(v, 0, 0); x.slice_scatter(x[:1], 0, 0, 1)
x.scatter_reduce(0, m.zeros(1, 3, dtype=m.int64), x[:1], 'sum'); x.index_reduce(0, m.tensor([0]), x[:1], 'mean')
x.narrow_copy(0, 0, 1); x.view_as(x); x.reshape_as(x); x.expand_as(x); x.to(m.float64); x.half(); m.clone(x)
x.adjoint(); x.H; x.mH; x.swapdims(0, 1); F.softmax(x, 1); F.gumbel_softmax(x); F.local_response_norm(x[None], 2)
F.pairwise_distance(x, x + 1); F.pdist(x); F.triplet_margin_loss(x, x + 1, x - 1)
F.margin_ranking_loss(v, v + 1, m.ones(3)); F.cosine_embedding_loss(x, x + 1, m.ones(3))
F.hinge_embedding_loss(x, m.ones(3, 3)); F.poisson_nll_loss(x, x); F.gaussian_nll_loss(x, x + 1, x)
F.soft_margin_loss(x, m.ones(3, 3)); F.multi_margin_loss(x, m.tensor([0, 1, 2]))
F.multilabel_margin_loss(x, m.tensor([[0, 1, -1]] * 3)); F.multilabel_soft_margin_loss(x, m.ones(3, 3))
F.ctc_loss(F.log_softmax(x[:, None], -1), m.tensor([[1]]), m.tensor([3]), m.tensor([1]))
F.interpolate(x[None, None], scale_factor=2); F.interpolate(x[None, None], scale_factor=2, mode='bilinear')
F.interpolate(x[None, None], scale_factor=2, mode='bicubic'); F.interpolate(x[None], scale_factor=2, mode='linear')
F.grid_sample(x[None, None], x[None, :, :2][..., None, :]); F.affine_grid(x[None, :2], (1, 1, 2, 2))
F.lp_pool1d(x[None], 2, 2); F.pixel_unshuffle(x[None, :2, :2], 2); F.channel_shuffle(x[None, :2, :, None], 2)
F.conv1d(x[None], x[None], x[0, :1]); F.conv3d(x[None, None, None], x[None, None, None])
F.embedding_bag(m.tensor([[0, 1]]), x); F.dropout2d(x[None, None], 0.5, True); F.rrelu(x); F.rrelu(x, training=True)
F.leaky_relu(x, 0.2); F.threshold(x, 0, 0); F.pad(x, (1, 1), value=2.0); F.pad(x[None], (1, 1), mode='replicate')
m.fft.fft2(x); m.fft.fftn(x); m.fft.fftshift(x); m.fft.hfft(v); m.fft.ihfft(v); m.fft.irfftn(x)
m.view_as_complex(x[:, :2].contiguous()); m.real(m.fft.fft(v)); m.fft.fft(v) * 2; m.fft.fft(v).sum()
m.complex(v, v).exp(); m.special.expit(x); m.special.erfcx(x); m.special.i0(x); m.special.i0e(x); m.special.i1(x)
m.special.ndtri(x / 2); m.special.log_ndtr(x); m.special.xlog1py(x, x); m.special.entr(x); m.special.gammaln(x + 1)
m.special.psi(x + 1); m.polygamma(1, x + 1); m.mvlgamma(x + 2, 2); m.special.multigammaln(x + 2, 2)
m.linalg.cross(v, v); m.linalg.diagonal(x); m.linalg.matrix_power(x, 3); m.linalg.eigvalsh(x); m.linalg.eigvals(x)
m.linalg.lu_factor(x)[0]; m.linalg.solve_ex(x, x)[0]; m.linalg.cholesky_ex(x @ x.T)[0]; m.cholesky_inverse(x)
m.cholesky_solve(x, x); m.linalg.matrix_exp(x); m.linalg.lu_solve(*m.linalg.lu_factor(x), x); x.sum(dtype=m.float64)
x.cumsum(0, dtype=m.float64); x.softmax(0, dtype=m.float64); x.mean(dtype=m.float64); x.prod(dtype=m.float64)
x.clone().add_(1); x.clone().mul_(x); x.clone().clamp_(0, 1); x.clone().exp_(); x.clone().masked_fill_(k, 0)
x.clone().relu_(); x.clone().index_add_(0, m.tensor([0]), x[:1]); x.clone().sub_(x); x.clone().div_(2)
x.clone().pow_(2); x.clone().sigmoid_(); x.clone().tanh_()
"""


def expressions():
    return [part.strip() for line in NAMED.strip().splitlines() for part in line.split(";")]


def name_of(m, expression):
    """The name of the node of an expression's value; None where it has none."""
    x = (m.arange(9.0).reshape(3, 3) / 20 + m.eye(3) * 0.4).requires_grad_()
    names = {
        "m": m,
        "F": m.nn.functional,
        "x": x,
        "v": m.tensor([0.1, 0.2, 0.3], requires_grad=True),
        "k": m.eye(3) > 0,
    }
    node = eval(expression, names).grad_fn  # The expressions stand above.
    return None if node is None else node.name()
