# %% rnn-backward
def backward_pass(inputs, outputs, hidden_states, targets, params):
    U, V, W, sesgo_oculto, sesgo_salida = params
    grad_U, grad_V, grad_W, grad_bh, grad_bo = [np.zeros_like(param) for param in params]
    grad_siguiente = np.zeros_like(sesgo_oculto)
    perdida = sequence_loss(outputs, targets)
    for t in reversed(range(len(outputs))):
        estado = hidden_states[t]
        error = outputs[t] - targets[t]
        grad_W += error @ estado.T
        grad_bo += error
        grad_estado = W.T @ error + grad_siguiente
        grad_antes_tanh = tanh(estado, derivative=True) * grad_estado
        grad_bh += grad_antes_tanh
        grad_U += grad_antes_tanh @ inputs[t].T
        grad_V += grad_antes_tanh @ hidden_states[t - 1].T
        grad_siguiente = V.T @ grad_antes_tanh
    return perdida, [grad_U, grad_V, grad_W, grad_bh, grad_bo]
